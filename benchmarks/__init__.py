"""Speed and size, measured as ratios or bytes on the machine at hand: `make bench`."""
