"""Strings to strings, with a map back to the original; nothing here cuts words or knows jieba."""
