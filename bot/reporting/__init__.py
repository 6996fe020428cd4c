"""From a report to a closed case: forms, routes, ladders, rights and the use cases that move it along."""
