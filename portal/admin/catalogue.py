"""Boards and products: making, naming, ordering, deleting them."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.access import admin_only
from portal.admin import commands, queries
from portal.admin.forms import BoardForm, ProductForm
from portal.admin.views import Answer, bp
from portal.contributions.models import Product
from portal.contributions.queries import LARGEST_ID
from portal.db import db
from portal.forum.models import Board


@bp.route("/boards", methods=["GET", "POST"])
@admin_only
def edit_boards() -> Answer:
    """All boards in their order; the form makes one more."""
    form = BoardForm()
    if form.validate_on_submit():
        try:
            commands.create_board(form.name.data or "", form.description.data or "")
        except commands.Refused as refused:
            form.name.errors = [str(refused)]
        else:
            flash(f"The board {form.name.data} is there.", "good")
            return redirect(url_for("admin.edit_boards"), 303)
    page = render_template("admin/boards.html", form=form, boards=queries.boards(), inside=queries.contents()[0])
    return (page, 422) if form.errors else page


@bp.route("/boards/<int:board_id>", methods=["GET", "POST"])
@admin_only
def edit_board(board_id: int) -> Answer:
    """One board's name and description."""
    return _edit(_find(Board, board_id), BoardForm, "admin.edit_boards", "Board")


@bp.post("/boards/<int:board_id>/move")
@admin_only
def move_board(board_id: int) -> Response:
    """Up or down by one."""
    commands.move(_find(Board, board_id), _step())
    return redirect(url_for("admin.edit_boards"), 303)


@bp.post("/boards/<int:board_id>/delete")
@admin_only
def delete_board(board_id: int) -> Response:
    """Only when it is empty."""
    board = _find(Board, board_id)
    try:
        commands.delete_board(board)
        flash(f"The board {board.name} is gone.", "good")
    except commands.Refused as refused:
        flash(str(refused), "bad")
    return redirect(url_for("admin.edit_boards"), 303)


@bp.route("/products", methods=["GET", "POST"])
@admin_only
def edit_products() -> Answer:
    """All products in their order; the form makes one more."""
    form = ProductForm()
    if form.validate_on_submit():
        try:
            commands.create_product(form.name.data or "", form.description.data or "")
        except commands.Refused as refused:
            form.name.errors = [str(refused)]
        else:
            flash(f"{form.name.data} is there.", "good")
            return redirect(url_for("admin.edit_products"), 303)
    page = render_template("admin/products.html", form=form, products=queries.products(), inside=queries.contents()[1])
    return (page, 422) if form.errors else page


@bp.route("/products/<int:product_id>", methods=["GET", "POST"])
@admin_only
def edit_product(product_id: int) -> Answer:
    """One product's name and description."""
    return _edit(_find(Product, product_id), ProductForm, "admin.edit_products", "Product")


@bp.post("/products/<int:product_id>/move")
@admin_only
def move_product(product_id: int) -> Response:
    """Up or down by one."""
    commands.move(_find(Product, product_id), _step())
    return redirect(url_for("admin.edit_products"), 303)


@bp.post("/products/<int:product_id>/delete")
@admin_only
def delete_product(product_id: int) -> Response:
    """Only when nothing is about it."""
    product = _find(Product, product_id)
    try:
        commands.delete_product(product)
        flash(f"{product.name} is gone.", "good")
    except commands.Refused as refused:
        flash(str(refused), "bad")
    return redirect(url_for("admin.edit_products"), 303)


def _edit(row: Any, form_class: type[Any], back: str, what: str) -> Answer:
    form = form_class(obj=None if request.method == "POST" else row)
    if form.validate_on_submit():
        try:
            commands.change(row, form.name.data, form.description.data or "")
        except commands.Refused as refused:
            form.name.errors = [str(refused)]
        else:
            flash("Saved.", "good")
            return redirect(url_for(back), 303)
    page = render_template("admin/edit_one.html", form=form, back=url_for(back), what=what)
    return (page, 422) if form.errors else page


def _find(model: type[Any], number: int) -> Any:
    return (db.session.get(model, number) if number <= LARGEST_ID else None) or abort(404)


def _step() -> int:
    return -1 if request.form.get("step") == "up" else 1
