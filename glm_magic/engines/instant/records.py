"""The words of a packed program: `pack` writes what the driver reads."""

# Kinds of slots and of transforms.
CONSTANT, POINT, LINEAR = range(3)
IDENTITY, LOG, LOGODDS, INTERVAL, LOWER, UPPER = range(6)

# Words of the head, and of the record of each variable, factor and group.
HEADER = 4
VARIABLE = 5
FACTOR = 4
GROUP = 4
