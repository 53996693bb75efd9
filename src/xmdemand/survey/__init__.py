"""Design, weights, calibration, estimates with errors, small areas."""
