"""HTTP beside Slack: health. It asks what it is given, and knows neither Slack nor the store."""
