"""What the orders' pages show: plain values, put together from orders, events and decisions."""
