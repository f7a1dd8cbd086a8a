//! Draws findings. To be written.
