"""PK/PD data files, as NONMEM, R and CDISC have them."""
