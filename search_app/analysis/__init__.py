"""In charge of cutting text into words. jieba lives only here; no file or index is known here."""
