"""The known libraries, each behind the same few lines; imported only by the Python that has them."""
