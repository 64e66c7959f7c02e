/// Tests of the `cuvee` script itself, with stand-ins for Java and Maven.
@NullMarked
package io.cuvee.sqltests.script;

import org.jspecify.annotations.NullMarked;
