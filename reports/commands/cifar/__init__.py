"""`transfer-claims cifar`: images, networks trained on them, and what the paper says of them."""
