namespace kontor {}
