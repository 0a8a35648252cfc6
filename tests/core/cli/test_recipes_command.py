"""digitpad-lab recipes."""

from commands import assert_mistake, strict

from core.files import paths
from core.training import recipes


def test_recipes(lab):
    code, out, err = lab("recipes")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == list(recipes.RECIPES)
    assert "784-256-128-10" in out


def test_recipes_json(lab):
    code, out, _ = lab("recipes", "--json")
    report = strict(out)["recipes"]
    assert code == 0
    assert report.keys() >= {"quick", "report-baseline"}
    assert report["quick"]["settings"]["hidden"] == [256, 128]
    assert report["report-baseline"]["settings"]["initializer"] == "normal"


def test_the_users_recipes_are_listed_and_broken_ones_reported(lab):
    paths.recipes().mkdir()
    (paths.recipes() / "mine.toml").write_text('title = "Mine"')
    (paths.recipes() / "broken.toml").write_text("title = 3")
    code, out, err = lab("recipes")
    assert code == 0
    assert out.splitlines()[-1].split() == ["mine", "784-256-128-10:", "Mine"]
    assert err.startswith("digitpad-lab: ")
    assert "broken.toml: title is one line" in err
    report = strict(lab("recipes", "--json")[1])
    assert report["recipes"]["mine"]["title"] == "Mine"
    assert len(report["broken"]) == 1


def test_a_recipe_is_copied_edited_and_trained(lab, data, here):
    assert lab("recipes", "--copy", "quick", "mine")[0] == 0
    assert lab("recipes", "--copy", "mine", "shared.toml")[0] == 0
    shared = here / "shared.toml"
    shared.write_text(shared.read_text().replace("epochs = 10", "epochs = 1"))
    assert strict(lab("train", "--recipe", "mine", "--data", data, "--epochs", "2", "--json")[1])["recipe"] == "mine"
    report = strict(lab("train", "--recipe", shared, "--data", data, "--json", "--out", "x")[1])
    assert (report["recipe"], report["epochs"]) == ("shared", 1)


def test_mistakes_in_copying_a_recipe(lab, here):
    assert_mistake(lab("recipes", "--copy", "quik", "mine"), "quik", "quick")
    assert_mistake(lab("recipes", "--copy", "quick", "deep"), "deep of its own")
    assert_mistake(lab("recipes", "--copy", "quick", "../mine"), "letters")
    assert_mistake(lab("recipes", "--copy", "quick", "none/mine.toml"), "there is no folder none")
    assert lab("recipes", "--copy", "quick", "mine.toml")[0] == 0
    assert_mistake(lab("recipes", "--copy", "quick", "mine.toml"), "mine.toml exists already")
    assert_mistake(lab("train", "--recipe", "none.toml"), "none.toml", "No such file")
