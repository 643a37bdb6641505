"""From pasted text and uploaded tables to checked inputs."""
