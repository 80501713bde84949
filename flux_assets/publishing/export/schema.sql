CREATE TABLE photos (
  photo_id        TEXT PRIMARY KEY,
  filename        TEXT NOT NULL,
  sha256          TEXT NOT NULL UNIQUE,
  captured_at     TEXT,              -- ISO 8601 timestamp from EXIF
  camera_make     TEXT,
  camera_model    TEXT,
  focal_length_mm REAL,
  aperture        TEXT,
  shutter_speed   TEXT,
  iso             INTEGER,
  lat             REAL,
  lon             REAL,
  location_city   TEXT,              -- reverse geocoded
  location_country TEXT,
  weather         TEXT,              -- future: from API at capture time
  keeper          INTEGER DEFAULT 0, -- 0 or 1
  keeper_score    REAL,              -- 0.0–1.0 from model
  issue_id        TEXT,              -- FLUX_NNN or NULL
  catalog_id      TEXT,              -- CAT_NNN or NULL
  embedding_id    TEXT,              -- reference to embeddings table
  tags            TEXT,              -- JSON array
  created_at      TEXT DEFAULT (datetime('now')),
  updated_at      TEXT DEFAULT (datetime('now'))
);

CREATE INDEX idx_photos_captured_at ON photos(captured_at);
CREATE INDEX idx_photos_sha256 ON photos(sha256);
CREATE INDEX idx_photos_keeper ON photos(keeper);
CREATE INDEX idx_photos_issue_id ON photos(issue_id);
CREATE INDEX idx_photos_catalog_id ON photos(catalog_id);
CREATE INDEX idx_photos_location ON photos(location_city, location_country);

CREATE TABLE embeddings (
  embedding_id TEXT PRIMARY KEY,
  photo_id     TEXT NOT NULL REFERENCES photos(photo_id),
  model        TEXT NOT NULL,
  dimensions   INTEGER NOT NULL
);

CREATE TABLE issues (
  issue_id      TEXT PRIMARY KEY,  -- FLUX_NNN
  generated_at  TEXT,
  frame_count   INTEGER NOT NULL CHECK (frame_count = 36),
  manifest_path TEXT,
  pdf_path      TEXT
);

CREATE TABLE catalog_entries (
  catalog_id   TEXT PRIMARY KEY,  -- CAT_NNN
  photographer TEXT,
  title        TEXT,
  submitted_at TEXT,
  pdf_path     TEXT,
  s3_key       TEXT
);
