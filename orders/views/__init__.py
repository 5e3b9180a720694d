"""The pages of orders, from "can I order now?" to the delivered parcel."""
