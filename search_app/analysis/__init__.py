"""In charge of cutting text into words; jieba lives only here. It never sees a file or an index."""
