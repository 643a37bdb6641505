"""The Streamlit app: looks and clicks only."""
