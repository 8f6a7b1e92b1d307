-- A draft that is asked by a questionnaire keeps the answers themselves, right or wrong; its content is what they
-- tell. A draft that is written in the fixed fields of a story has none.

ALTER TABLE draft ADD COLUMN answers TEXT; -- JSON of core's Answers
