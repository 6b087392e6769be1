secret = {user="u", password="hush7-broken"
