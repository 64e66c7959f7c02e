/// The controller role: tables, uploads, assignment, and their REST interface.
@NullMarked
package io.cuvee.controller;

import org.jspecify.annotations.NullMarked;
