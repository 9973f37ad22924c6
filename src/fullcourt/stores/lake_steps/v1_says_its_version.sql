-- The tables of the first releases are those of this version: only the version is new.
SELECT count(*) FROM {lake}.schedule;
