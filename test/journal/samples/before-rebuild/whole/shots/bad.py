raise ValueError("no such collection")
