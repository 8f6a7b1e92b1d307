"""Follows the feed with python-odata: python feed.py URL TOKEN

Prints one JSON document: the tables that it finds, their columns, and the rows of each, through all pages.
"""

import json
import sys

import requests
from odata import ODataService

url, token = sys.argv[1:]
session = requests.Session()
# As Excel sends it: any name, and the token as the password.
session.auth = ("blon", token)
pages = []
session.hooks["response"].append(lambda response, *_, **__: pages.append(response.url))
service = ODataService(url, session=session, reflect_entities=True, quiet_progress=True)
rows = {}
for table, entity in service.entities.items():
    columns = [prop["name"] for prop in entity.__odata_schema__["properties"]]
    found = service.query(entity)
    # As they came: the attributes of its rows make "no" of what is not answered.
    rows[table] = [{column: row.__odata__[column] for column in columns} for row in found]
first = service.query(service.entities["Stories"]).limit(2).offset(1).all() if "Stories" in rows else []
print(json.dumps({
    "rows": rows,
    "types": {table: {prop["name"]: prop["type"] for prop in entity.__odata_schema__["properties"]}
              for table, entity in service.entities.items()},
    "limited": [row.story_id for row in first],
    "pages": pages,
}, default=str))
