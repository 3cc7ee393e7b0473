"""How what people do reaches the app: over Socket Mode or signed HTTP, with retries, and with mishaps on demand."""
