export default () => <label class="a" for="b" style="margin-top: 4px">x</label>;
