"""To and from a regional centre: detections go on to another installation as they come, with receipts."""
