"""Reading files of any dialect as lines of typed facts; nothing in here touches a table of the business."""
