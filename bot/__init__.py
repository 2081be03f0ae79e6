"""The machine: settings, wires, clocks and processes."""
