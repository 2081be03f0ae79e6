"""Pictures of figures: each is drawn as SVG from the same observations that the texts tell."""
