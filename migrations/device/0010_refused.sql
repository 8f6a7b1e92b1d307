-- What headquarters refused is counted and tried again at every sync: found without reading all that it took.

CREATE INDEX record_refused ON record (refused_code) WHERE state = 'refused';
