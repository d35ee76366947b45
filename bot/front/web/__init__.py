"""The web server: pages, the web chat, the HTTP door and the webhook, on one port."""
