"""Where the stories of films come from: providers, a polite web client, and the queue between them."""
