"""The words of a packed program: `pack` writes what the driver reads.

A word is named by its place in its record. The last name of a record of fixed length is that length. Numbers are
referred to by where they begin in the block of numbers, further words by where they begin in the block of words.
"""

# Kinds of slots and of transforms.
CONSTANT, POINT, LINEAR = range(3)
IDENTITY, LOG, LOGODDS, INTERVAL, LOWER, UPPER = range(6)

# The head; after it the records of the variables, then for each factor where its record begins.
N_DIM, N_VARIABLES, N_FACTORS, HEADER = range(4)

# A variable: where it begins in u and c, its number of elements, its transform, and where its bounds begin.
VARIABLE_START, VARIABLE_SIZE, VARIABLE_KIND, VARIABLE_LOWER, VARIABLE_UPPER, VARIABLE = range(6)

# A factor; after it for each slot where its record begins. No weights are -1.
FACTOR_KERNEL, FACTOR_ROWS, FACTOR_SLOTS, FACTOR_WEIGHTS, FACTOR = range(5)

# A slot: its kind, whether one row holds for all, its number of natural coordinates, and its link's kernel.
SLOT_KIND, SLOT_ONE, SLOT_NATURAL, SLOT_LINK, SLOT_REST = range(5)
# Then, of a constant, where its coordinates begin (-1: it has no second);
CONSTANT_FIRST, CONSTANT_SECOND = range(SLOT_REST, SLOT_REST + 2)
# of elements, whether they are from u, which, and whether they are in a row (for each chunk of rows);
POINT_FROM_U, POINT_POSITIONS, POINT_IN_A_ROW = range(SLOT_REST, SLOT_REST + 3)
# of a linear predictor, its offset and whether that differs between rows, its columns, and its groups.
LINEAR_OFFSET, LINEAR_OFFSETS = range(SLOT_REST, SLOT_REST + 2)
LINEAR_N_COLUMNS, LINEAR_COLUMNS, LINEAR_DENSE = range(LINEAR_OFFSETS + 1, LINEAR_OFFSETS + 4)
LINEAR_N_GROUPS, LINEAR_GROUPS = range(LINEAR_DENSE + 1, LINEAR_DENSE + 3)

# A group; the scale is -1 where there is none.
GROUP_MULTIPLIER, GROUP_INDEX, GROUP_SCALE, GROUP_IN_A_ROW, GROUP = range(5)
