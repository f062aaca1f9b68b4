"""Everything that comes into the inbox: listed, judged safe, read in a process of its own."""
