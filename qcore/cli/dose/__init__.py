"""qlinical dose: what is asked, how it is answered, and the words and numbers of the answer."""
