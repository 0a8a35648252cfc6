"""A neural-network library to read in one sitting."""
