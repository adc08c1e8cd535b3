"""The project: settings, addresses, the embedded database, and the policy at the bottom of the house."""

import os

# The wheel of onnxruntime reports to its maker unless this stands before it is first imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
