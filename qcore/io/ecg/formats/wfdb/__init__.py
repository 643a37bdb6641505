"""WFDB records: a header of text and files of samples, of one segment or several.

Source: header(5) and signal(5) of the WFDB Applications Guide, Moody, PhysioNet.
"""
