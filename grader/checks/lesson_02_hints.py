"""Where lessons 05 to 08 still look for the words of hints."""

from grader.checks.wording import Hint as Hint
from grader.checks.wording import same as same
