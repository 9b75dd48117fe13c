docker build -t acme/booksellers ./services/accounts
