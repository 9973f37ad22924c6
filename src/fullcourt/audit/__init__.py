"""The audit of a pipeline, ours or anybody's: which of its zeros are losses."""
