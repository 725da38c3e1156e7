return key
