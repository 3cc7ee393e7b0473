"""The methods of the Web API, one module for each family."""
