"""What can be measured. A case returns its figures; it judges none of them."""
