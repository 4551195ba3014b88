"""What is true: exact arithmetic, an independent oracle for it, and the wrong ways students take."""
