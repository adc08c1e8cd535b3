"""The web application for ASGI servers."""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alpr.settings")

# WhiteNoise hands out its small static files as synchronous iterators, and Django says so at each of them.
warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators", Warning)

application = get_asgi_application()
