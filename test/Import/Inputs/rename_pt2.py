"""Renames a symbol of an archive, wherever its model names it.

  rename_pt2.py FROM TO OLD NEW
"""

import sys
import zipfile

source, target, old_name, new_name = sys.argv[1:]
with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
    for record in old.infolist():
        data = old.read(record)
        if record.filename.endswith("models/model.json"):
            data = data.replace(old_name.encode(), new_name.encode())
        new.writestr(record, data)
