"""The watch by the clock: dead and overdue work, the prediction breaker, what is to be alerted."""
