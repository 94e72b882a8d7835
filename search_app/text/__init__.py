"""In charge of turning text into text with a map back; it never cuts words and knows no jieba."""
