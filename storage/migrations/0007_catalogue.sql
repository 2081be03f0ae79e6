-- Platforms that editors added, and names of any platform beside the bundled ones. The log has each as a command;
-- these are its sum.
CREATE TABLE platform (
    key TEXT PRIMARY KEY,
    name_fa TEXT NOT NULL,
    name_en TEXT NOT NULL,
    origin TEXT NOT NULL,        -- domestic, foreign
    arena TEXT NOT NULL          -- contestants share one; empty: counted, never compared
);
CREATE TABLE alias (
    folded TEXT PRIMARY KEY,     -- the name as it is matched
    platform TEXT NOT NULL,
    name TEXT NOT NULL
);

-- The number of a channel that was named by its @name: what is said to the one goes to the other.
CREATE TABLE channel_name (
    messenger TEXT NOT NULL,
    name TEXT NOT NULL,          -- @name, in small letters
    chat TEXT NOT NULL,
    PRIMARY KEY (messenger, name)
);
