"""Yes/no questions about images and volumes: public benchmark sets on which the families are measured."""
