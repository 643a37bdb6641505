"""Medical images as files have them: DICOM, NIfTI, PNG and JPEG, alone, in folders and in ZIP archives.

`isolated.ImageReader` is the way in. It parses in a child process (`isolated`), since a file may be made to exhaust
memory or time, and keeps of a header only what `series.Series` holds: nothing that says whose image it is.
"""
